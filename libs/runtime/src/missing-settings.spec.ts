import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSource, type SourceDefinition } from '#libs/sources';
import { missingOfSource, missingSettings } from './missing-settings.js';
import { secretsOf } from './secrets.js';

it('names what placeholders need and what is not set, each once', () => {
  const part = {
    url: 'https://${env.HOST}/a',
    other: 'https://${env.HOST}/${env.PATH_OF_IT}?from=${window.from}',
    tokens: ['${secret.KEY}', '${secret.other}', '${secret.there}'],
  };
  const secrets = (name: string): string | undefined =>
    name === 'there' ? 'x' : name === 'other' ? '' : undefined;
  expect(missingSettings(part, { PATH_OF_IT: 'b' }, secrets)).toEqual(['HOST', 'SECRET_KEY', 'SECRET_OTHER']);
  expect(missingSettings({}, {}, secrets)).toEqual([]);
});

it('names a secret whose file cannot be read, until it can be', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const missing = (): string[] => missingSettings('${secret.key}', {}, secretsOf({ SECRETS_DIR: folder }));
  mkdirSync(join(folder, 'key'));
  expect(missing()).toEqual(['SECRET_KEY (its file cannot be read: EISDIR)']);
  rmSync(join(folder, 'key'), { recursive: true });
  writeFileSync(join(folder, 'key'), 'x');
  expect(missing()).toEqual([]);
  rmSync(folder, { recursive: true });
});

describe('credentials', () => {
  const pubsub = `
name: live
type: pubsub
brand: b
project: my-project
credentials: '\${secret.KEY}'
streams:
  - name: s
    subscription: deposits
    mapping: [{ event: install, fields: { occurred_at: event.time, player_id: data.player } }]
`;
  const ga4 = `
name: shop
type: ga4
brand: b
property: '1'
timezone: UTC
poll_interval: PT1H
export: { type: bigquery, project: my-project, credentials: '\${secret.KEY}' }
`;
  const sourceOf = (text: string): SourceDefinition => {
    const parsed = parseSource(text, 's.yaml');
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.source;
  };

  it.each([
    ['Pub/Sub', pubsub, 'PUBSUB_EMULATOR_HOST', 'BIGQUERY_EMULATOR_HOST'],
    ['BigQuery', ga4, 'BIGQUERY_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'],
  ])('are not waited for where an emulator stands in for %s', (_, text, its, other) => {
    const missing = (environment: object): string[] =>
      missingOfSource(sourceOf(text), environment as Record<string, string>, () => undefined);
    expect(missing({})).toEqual(['SECRET_KEY']);
    expect(missing({ [other]: 'localhost:1' })).toEqual(['SECRET_KEY']);
    expect(missing({ [its]: 'localhost:1' })).toEqual([]);
  });
});
