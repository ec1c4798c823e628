import { EVENT_KINDS, isEntityKind, type EventKind } from '#libs/events';
import { streamNameOf } from './address.js';
import { durationProblem, nameProblem, pathsProblem, somePath, timeProblem } from './answer-rules.js';
import { KNOWN_TIME_FIELDS, likelyPath } from './event-fields.js';
import type { Answers, Question } from './question.js';
import type { Sample, SampleField } from './sample.js';
import { tellsHours } from './sync-questions.js';

/** What partners tell of most. */
const FREQUENT: readonly EventKind[] = [
  'payout',
  'deposit',
  'purchase',
  'registration',
  'refund',
  'reversal',
];

/** What a record is. */
export const RECORD_QUESTIONS = {
  event: {
    ask: 'What a record is',
    flag: '--event <kind>',
    help: 'what a record is',
    choices: Object.fromEntries(
      [...new Set([...FREQUENT, ...EVENT_KINDS])].map((kind) => [kind, meaningOf(kind)]),
    ),
  },
  stream: {
    ask: 'Name of this kind of record',
    flag: '--stream <name>',
    help: 'name of this kind of record',
    guess: ({ answers }) => streamNameOf(answers.url ?? '') ?? `${answers.event ?? 'record'}s`,
    problem: nameProblem,
  },
  key: {
    ask: 'Fields that together name a record, separated by commas',
    flag: '--key <paths>',
    help: 'fields that together name a record, separated by commas',
    guess: ({ sample }) =>
      sample?.fields.find(
        (f) => f.isUnique && /(?:^|[._@:])(?:id|uuid|key)(?:\.#text)?$|Id(?:\.#text)?$/.test(f.path),
      )?.path,
    hint: ({ sample }) =>
      sample &&
      `no field of the answer alone names each record; it has ${sample.fields.map((f) => f.path).join(', ')}`,
    problem: pathsProblem,
  },
  id_path: {
    ask: 'Field with the ascending id',
    flag: '--id-path <path>',
    help: 'field with the ascending id',
    when: ({ sync, paging }) => sync === 'id' || paging === 'id',
    guess: ({ answers }) => answers.key?.split(',')[0]?.trim(),
    problem: somePath,
  },
  time_format: {
    ask: "How times are written in a record: iso, epoch_seconds, epoch_ms, or Luxon's tokens",
    flag: '--time-format <format>',
    help: "how times are written in a record: iso, epoch_seconds, epoch_ms, or Luxon's tokens",
    guess: ({ answers, sample }) => timeFieldOf(sample)?.time?.format ?? formatWithClock(answers),
    problem: timeProblem,
  },
  poll_interval: {
    ask: 'How often to ask (PT10M: every ten minutes)',
    flag: '--poll-interval <duration>',
    help: 'how often to ask',
    guess: () => 'PT10M',
    problem: durationProblem,
  },
  brand: {
    ask: 'Brand that the players belong to',
    flag: '--brand <brand>',
    help: 'brand that the players belong to',
    guess: () => 'default',
    problem: (text) => (text === '' || text.length > 128 ? 'must have 1 to 128 characters' : undefined),
  },
} satisfies Record<string, Question>;

/** The field of the records that probably tells when it happened. */
export function timeFieldOf(sample: Sample | undefined): SampleField | undefined {
  const times = sample?.fields.filter((f) => f.time !== undefined) ?? [];
  const likely = likelyPath(
    KNOWN_TIME_FIELDS,
    times.map((f) => f.path),
  );
  return times.find((f) => f.path === likely) ?? times[0];
}

/** Of the window where that tells the time of day. */
function formatWithClock(answers: Answers): string {
  const { window_format: format } = answers;
  return format !== undefined && tellsHours(answers) ? format : 'iso';
}

function meaningOf(kind: EventKind): string {
  if (isEntityKind(kind)) return `${kind.replace('_', ' ')}, as a product's API tells of it`;
  return {
    install: 'an app was installed',
    registration: 'a player came to be',
    deposit: 'a player paid in',
    purchase: 'something was bought',
    payout: 'the partner pays for a goal (offerwall, affiliate network)',
    withdrawal: 'a player took money out',
    bonus: 'a player was given money of the house',
    refund: 'money was given back',
    reversal: 'a conversion was taken back',
    retraction: 'the source no longer tells of a conversion',
    click: 'a click on a link',
    touchpoint: 'a contact with marketing',
    identity_link: 'two ids belong to one person',
  }[kind];
}
