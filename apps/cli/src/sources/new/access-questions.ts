import { nameProblem, paramProblem, recordPathProblem, somePath, urlProblem } from './answer-rules.js';
import { sourceNameOf } from './address.js';
import { addressOf, where, type Question } from './question.js';

const USUAL_NAMES: Record<string, string> = {
  api_key: 'X-Api-Key',
  session_token: 'X-Auth-Token',
  signature: 'X-Signature',
};

/** Where the records are, and how a request shows who asks. */
export const ACCESS_QUESTIONS = {
  url: {
    ask: "URL of the records, best as the partner's documentation has it, with an example query",
    flag: '--url <url>',
    help: 'URL of the records; an example query tells which parameters are the window and the page',
    problem: urlProblem,
  },
  name: {
    ask: 'Name of the source',
    flag: '--name <name>',
    help: 'name of the source',
    guess: ({ answers }) => sourceNameOf(answers.url ?? ''),
    problem: nameProblem,
  },
  method: {
    ask: 'How it is asked',
    flag: '--method <method>',
    help: 'GET, or POST with a JSON body',
    choices: { GET: 'GET, with parameters in the URL', POST: 'POST, with parameters in a JSON body' },
    guess: () => 'GET',
  },
  auth: {
    ask: 'How a request shows who asks',
    flag: '--auth <type>',
    help: 'how a request shows who asks',
    choices: {
      api_key: 'a key in a header, the query or a cookie',
      bearer: 'Authorization: Bearer <token>',
      basic: 'user and password (Basic)',
      oauth2_client_credentials: 'OAuth 2, client credentials',
      oauth2_refresh_token: 'OAuth 2, a refresh token',
      session_token: 'a login that hands out a token',
      jwt: 'a JWT that we sign',
      signature: 'a digest over the request (md5, sha256, HMAC)',
      none: 'not at all',
    },
    guess: (known) => (addressOf(known).credential === undefined ? undefined : 'api_key'),
  },
  auth_in: {
    ask: 'Where the key, token or signature stands',
    flag: '--auth-in <place>',
    help: 'where the key, token or signature stands',
    choices: { header: 'in a header', query: 'in the query', cookie: 'in a cookie' },
    when: where('auth', 'api_key', 'session_token', 'signature'),
    guess: (known) => (addressOf(known).credential === undefined ? 'header' : 'query'),
  },
  auth_name: {
    ask: 'Name of that header, parameter or cookie',
    flag: '--auth-name <name>',
    help: 'name of that header, parameter or cookie',
    when: where('auth', 'api_key', 'session_token', 'signature'),
    guess: (known) => addressOf(known).credential ?? USUAL_NAMES[known.answers.auth ?? ''],
    problem: paramProblem,
  },
  token_url: {
    ask: 'URL that hands out tokens',
    flag: '--token-url <url>',
    help: 'URL that hands out tokens',
    when: where('auth', 'oauth2_client_credentials', 'oauth2_refresh_token', 'session_token'),
    problem: urlProblem,
  },
  token_path: {
    ask: 'Where the token stands in the JSON answer of the login',
    flag: '--token-path <path>',
    help: "where the token stands in the login's answer",
    when: where('auth', 'session_token'),
    guess: () => 'token',
    problem: somePath,
  },
  format: {
    ask: 'How answers are written',
    flag: '--format <format>',
    help: 'how answers are written',
    choices: { json: 'JSON', jsonl: 'JSON, one record a line', csv: 'CSV with a line of names', xml: 'XML' },
    guess: ({ sample }) => sample?.format ?? 'json',
  },
  records: {
    ask: 'Where the records stand in the answer, as data.items, or data.* for all members (empty: the answer is the records)',
    flag: '--records <path>',
    help: 'where the records stand in the answer, as data.items or data.*; of XML the elements, as response.row',
    when: ({ format }) => format === 'json' || format === 'xml',
    guess: ({ answers, sample }) => (sample?.format === answers.format ? sample?.records : undefined),
    problem: recordPathProblem,
    optional: true,
  },
} satisfies Record<string, Question>;
