import { durationProblem, nameProblem, zoneProblem } from '../new/answer-rules.js';
import type { Question } from '../new/question.js';

/** What has to be known of a GA4 property, in the order in which it is asked. */
export const GA4_QUESTION_NAMES = [
  'property',
  'name',
  'timezone',
  'from',
  'project',
  'dataset',
  'location',
  'credentials',
  'folder',
  'poll_interval',
  'brand',
] as const;
export type Ga4QuestionName = (typeof GA4_QUESTION_NAMES)[number];

/** Answers by the names of their questions; the empty text: there is none. */
export type Ga4Answers = { [Name in Ga4QuestionName]?: string };

/** As questions about an API, but for when they arise and what is likely. */
export interface Ga4Question extends Pick<
  Question,
  'ask' | 'flag' | 'help' | 'choices' | 'problem' | 'optional'
> {
  /** Absent: always. */
  when?: (answers: Ga4Answers) => boolean;
  guess?: (answers: Ga4Answers) => string | undefined;
}

const inBigQuery = ({ from }: Ga4Answers): boolean => from === 'bigquery';

export const GA4_QUESTIONS: Record<Ga4QuestionName, Ga4Question> = {
  property: {
    ask: 'Id of the property, digits (GA4: Admin, Property details)',
    flag: '--property <id>',
    help: 'of GA4: id of the property, digits',
    problem: (text) => (/^\d{1,20}$/.test(text) ? undefined : 'must be digits, as 123456789'),
  },
  name: {
    ask: 'Name of the source',
    flag: '--name <name>',
    help: 'name of the source',
    guess: () => 'ga4',
    problem: nameProblem,
  },
  timezone: {
    ask: 'Time zone of the property, as Europe/Zurich (GA4: Admin, Property details)',
    flag: '--timezone <zone>',
    help: 'time zone of the property',
    problem: zoneProblem,
  },
  from: {
    ask: 'Where its export is',
    flag: '--from <place>',
    help: 'where the export is',
    choices: { bigquery: "BigQuery's tables", files: 'files that were exported from there' },
    guess: ({ project, folder }) => (folder ? 'files' : project ? 'bigquery' : undefined),
  },
  project: {
    ask: 'Google Cloud project that pays for queries',
    flag: '--project <project>',
    help: 'of GA4: Google Cloud project that the property is linked to; of Pub/Sub: that of the subscription',
    when: inBigQuery,
    problem: (text) =>
      /^[a-z0-9:.-]{4,100}$/.test(text) ? undefined : 'must be the id of a project, as my-project',
  },
  dataset: {
    ask: 'Dataset (empty: analytics_<property>)',
    flag: '--dataset <dataset>',
    help: 'of GA4: its dataset (default: analytics_<property>)',
    when: inBigQuery,
    guess: () => '',
    optional: true,
  },
  location: {
    ask: 'Location of the dataset, as EU (empty: as BigQuery finds it)',
    flag: '--location <location>',
    help: 'of GA4: location of the dataset',
    when: inBigQuery,
    guess: () => '',
    optional: true,
  },
  credentials: {
    ask: 'Secret with the key of a service account (empty: Application Default Credentials)',
    flag: '--credentials <secret>',
    help: 'of GA4 and Pub/Sub: name of the secret with a service account’s key (default: Application Default Credentials)',
    when: inBigQuery,
    guess: () => '',
    problem: (text) =>
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? undefined : 'must be the name of a secret, as GA4_KEY',
    optional: true,
  },
  folder: {
    ask: 'Folder with the files, from that of the definition',
    flag: '--folder <folder>',
    help: 'of GA4: folder with exported files, from that of the definition',
    when: ({ from }) => from === 'files',
  },
  poll_interval: {
    ask: 'How often to look for changed tables (ISO 8601)',
    flag: '--poll-interval <duration>',
    help: 'how often to look',
    guess: () => 'PT1H',
    problem: durationProblem,
  },
  brand: {
    ask: 'Brand whose conversions they are',
    flag: '--brand <brand>',
    help: 'brand',
    guess: () => 'default',
    problem: (text) => (text.length > 128 ? 'must have 1 to 128 characters' : undefined),
  },
};
