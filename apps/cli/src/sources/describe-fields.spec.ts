import { describeFields } from './describe-fields.js';

it('describes the members of a record, those of objects inside by their paths', () => {
  const record = {
    id: '1702650951',
    ga_session_id: '1702650951',
    at: '1702650951',
    seen: '2026-11-20 10:00:00',
    user: { uid: 'a', 'e.mail': null },
    rows: [1, 2],
    rate: '0.50',
    ok: true,
    none: {},
  };
  expect(describeFields(record).map(({ path, kind }) => `${path}: ${kind}`)).toEqual([
    'id: number, as text',
    'ga_session_id: number, as text',
    'at: time (epoch_seconds)',
    'seen: time (yyyy-MM-dd HH:mm:ss, without a zone)',
    'user.uid: text',
    "user['e.mail']: nothing (null)",
    'rows: list of 2',
    'rate: number, as text',
    'ok: boolean',
    'none: object',
  ]);
});
