import { readFileSync } from 'node:fs';
import { SliceError, DecodeError } from '#libs/sources';
import { YamlFile, problemText } from '#libs/yaml-file';
import { messageOf } from '../error-message.js';
import type { LatestAnswer } from './ask-partner.js';
import type { FoundStream } from './load-source.js';
import { lookAtSample, type Sample } from './new/sample.js';

/** What to change in a definition, and where it stands. */
export interface Advice {
  /** From the stream, or with `/` from the source. */
  place: string;
  text: string;
}

/** Of an error body that is shown at most. */
const SHOWN_CHARACTERS = 500;

/**
 * What went wrong with asking a partner: what it answered, and what to change in which line of the definition. Errors
 * that have nothing to do with the partner are told as they are.
 */
export function adviseOn(error: unknown, found: FoundStream, latest: LatestAnswer | undefined): string {
  const advice = adviceFor(error, latest);
  if (advice.length === 0) return messageOf(error);
  const said =
    latest && (latest.status < 200 || latest.status > 299) ? latest.mask(bodyText(latest.body)) : '';
  return [
    messageOf(error),
    ...(said === '' ? [] : [`it says: ${said}`]),
    ...advice.map((one) => adviceText(one, found)),
  ].join('\n');
}

/** `sources/acme.yaml:12:7: streams[0].authenticator: …`. */
export function adviceText({ place, text }: Advice, { file, index, stream }: FoundStream): string {
  const yaml = YamlFile.read(readFileSync(file.path, 'utf8'), file.path);
  if (Array.isArray(yaml)) return text;
  const steps = place
    .replace(/^\//, '')
    .split('.')
    .filter((step) => step !== '');
  const ofStream =
    !place.startsWith('/') && (place !== 'authenticator' || stream.authenticator !== undefined);
  return problemText(yaml.problem(ofStream ? ['streams', index, ...steps] : steps, text));
}

function adviceFor(error: unknown, latest: LatestAnswer | undefined): Advice[] {
  if (error instanceof DecodeError)
    return decodeAdvice(error.envelope === undefined ? 'decode' : 'record_path', latest);
  if (!(error instanceof SliceError)) return [];
  const { code, status } = error;
  switch (code) {
    case 'definition':
      return [];
    case 'secret':
      return [
        {
          place: 'authenticator',
          text: 'names a secret that is not set; put it into .env or the environment',
        },
      ];
    case 'auth':
      return status !== undefined && status >= 500 ? [BROKEN_LOGIN] : [REFUSED];
    case 'http_status':
      return adviceOnStatus(status ?? 0);
    case 'rate_limited':
      return [
        {
          place: '/api_budget',
          text: 'the partner wants fewer requests: say here how many it allows, as {requests: 20, per: PT1M}',
        },
      ];
    case 'network':
      return [{ place: 'requester.url', text: latest === undefined ? NOBODY : BROKEN_OFF }];
    case 'timeout':
      return [
        {
          place: 'requester',
          text: 'the answer takes too long: give it a longer timeout (as PT2M), or ask for less with a shorter step',
        },
      ];
    case 'body_rule':
      return [{ place: 'error_handler', text: 'a rule takes this answer for an error' }];
    case 'decode':
    case 'record_path':
      return decodeAdvice(code, latest);
    case 'page_repeated':
    case 'token_repeated':
    case 'max_pages':
      return [
        {
          place: 'paginator',
          text: 'the partner gives the same page again: is this the parameter it knows? What says that a page is the last belongs into stop',
        },
      ];
    case 'next_link':
      return [
        {
          place: 'paginator',
          text: 'the link to the next page is none that can be followed: is the path right?',
        },
      ];
    case 'stop_signal':
      return [
        { place: 'paginator.stop', text: 'what stands there is no signal of this kind: is the path right?' },
      ];
    case 'signals_disagree':
      return [
        {
          place: 'paginator.stop',
          text: 'of the signals that tell whether a page follows, keep those that the partner keeps to',
        },
      ];
    case 'total_mismatch':
      return [
        {
          place: 'paginator.stop',
          text: 'the stated total is not what was read: does it count this request’s rows, and are pages asked for right?',
        },
      ];
  }
}

const NOBODY = 'nobody answers there: is the host right, and can it be reached from here?';
const BROKEN_OFF =
  'the partner, or what stands before it, broke the answer off; if this is not the first time, ask for less with a smaller page or a shorter step';

const BROKEN_LOGIN: Advice = {
  place: 'authenticator',
  text: 'what hands out tokens has a fault of its own; nothing is known of these credentials yet',
};

const WEB_PAGE: Advice = {
  place: 'requester.url',
  text: 'the answer is a web page and no data: is this the address of the API, and does it take the request as shown by authenticator?',
};

const REFUSED: Advice = {
  place: 'authenticator',
  text: 'the partner does not know who asks: is this how it wants to be shown, and is the secret the right one?',
};

function adviceOnStatus(status: number): Advice[] {
  if (status === 401 || status === 403) return [REFUSED];
  if (status === 404)
    return [
      {
        place: 'requester.url',
        text: 'there is nothing at this address: is the path right? Where 404 means that there are no rows, add {http: [404], action: empty} to error_handler.rules',
      },
    ];
  if (status === 405) return [{ place: 'requester', text: 'the partner wants another method: GET or POST' }];
  if (status === 400 || status === 422) {
    return [
      {
        place: 'requester',
        text: 'the partner does not understand the request: are the parameters named as in its documentation?',
      },
      { place: 'incremental_sync', text: 'are format and step what it wants for the two ends?' },
    ];
  }
  if (status >= 300 && status < 400)
    return [
      {
        place: 'requester.url',
        text: 'the partner sends the request elsewhere; redirects are not followed: write the final address here',
      },
    ];
  return [
    {
      place: 'requester',
      text: 'the partner has a fault of its own; if this is not the first time, look at what is sent with: sources sign',
    },
  ];
}

function decodeAdvice(code: 'decode' | 'record_path', latest: LatestAnswer | undefined): Advice[] {
  const place = code === 'decode' ? 'decoder' : 'record_selector';
  const seen = latest && sampleOf(latest.body);
  if (code === 'decode') {
    if (latest && /^\uFEFF?\s*<(?:!doctype\s+html|html)\b/i.test(latest.body.toString('utf8')))
      return [WEB_PAGE];
    const format = seen?.format ?? formatAtStart(latest?.body);
    return [
      { place, text: format === undefined ? 'is the answer written so?' : `the answer looks like ${format}` },
    ];
  }
  if (!seen) return [{ place, text: 'do the records stand there?' }];
  return [{ place, text: placeOfRecords(seen, latest.body) }];
}

/** An object without a list in it may be one record, and is an error more often. */
function placeOfRecords({ records, fields }: Sample, body: Buffer): string {
  if (records !== '') return `the records probably stand at ${records}`;
  if (formatAtStart(body) !== 'json' || body.toString('utf8').trim().startsWith('[')) {
    return 'the answer itself is the records: leave record_selector out';
  }
  const has = fields.length === 0 ? 'nothing' : fields.map(({ path }) => path).join(', ');
  return `the answer has no list of records, it has ${has}: does it tell of an error? Where it is itself the one record, leave record_selector out`;
}

function sampleOf(body: Buffer): Sample | undefined {
  try {
    return lookAtSample(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Of an answer of which only the beginning was read. */
function formatAtStart(body: Buffer | undefined): string | undefined {
  const [first] = body?.toString('utf8').trim() ?? '';
  return first === undefined ? undefined : first === '<' ? 'xml' : /[[{]/.test(first) ? 'json' : undefined;
}

function bodyText(body: Buffer): string {
  const text = body.toString('utf8').replaceAll(/\s+/g, ' ').trim();
  // eslint-disable-next-line no-control-regex
  const isText = !/[\u0000-\u0008\ufffd]/.test(text);
  return isText && text.length > 0 ? text.slice(0, SHOWN_CHARACTERS) : '';
}
