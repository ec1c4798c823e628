import type { Cursor } from '#libs/yaml-file';
import type { StreamDefinition } from '../definition.js';
import { checkCharset } from '../decoding/charset.js';
import { DecoderDefinitionError } from '../decoding/decode-error.js';
import { compileDecoder } from '../decoding/decoder.js';
import { durationMs } from './text-formats.js';
import { shortestOf, windowFormatProblem } from './window-format.js';

const OF_PIXELS = ['pixel-browser', 'pixel-server'];

/** What no schema can say of a source and its streams: names that are taken, and lengths of time that fit together. */
export function checkSource(source: Cursor): void {
  const name = source.at('name');
  if (name.text !== undefined && OF_PIXELS.includes(name.text))
    name.wrong(`${name.text} is a source of Tributary's own`);
  const taken = new Set<string>();
  for (const stream of source.at('streams').items()) {
    const streamName = stream.at('name');
    if (streamName.text !== undefined && taken.has(streamName.text))
      streamName.wrong(`there is a stream ${streamName.text} already`);
    taken.add(streamName.text ?? '');
    checkWindows(stream.at('incremental_sync'));
    checkRequest(stream);
    checkKey(stream.at('authenticator'));
  }
  checkKey(source.at('authenticator'));
  checkKey(source.at('postback').at('verify'));
  const told = source.at('postback').at('stream');
  if (told.text !== undefined && !taken.has(told.text)) {
    told.wrong(`there is no stream ${told.text}; there are: ${[...taken].join(', ')}`);
  }
}

function checkWindows(sync: Cursor): void {
  const lookback = lengthOf(sync.at('lookback_window'));
  const tiers = sync.at('lookback_tiers');
  if (tiers.isThere && !sync.at('lookback_window').isThere)
    tiers.wrongName('lookback_tiers needs lookback_window');
  for (const tier of tiers.items()) {
    const window = lengthOf(tier.at('window'));
    if (window !== undefined && lookback !== undefined && window > lookback) {
      tier.at('window').wrong('must not be longer than lookback_window');
    }
  }
  const step = lengthOf(sync.at('step'));
  const format = sync.at('format').text;
  if (step === undefined || format === undefined || windowFormatProblem(format) !== undefined) return;
  const shortest = shortestOf(format);
  if (step < durationMs(shortest)!) {
    sync.at('step').wrong(`must be at least ${shortest}, as format ${format} tells nothing shorter apart`);
  }
}

function checkRequest(stream: Cursor): void {
  const requester = stream.at('requester');
  const body = requester.at('body');
  const kinds = ['json', 'form', 'text'].filter((kind) => body.at(kind).isThere);
  if (body.object && kinds.length !== 1) body.wrong('must have one of json, form, text');
  if (body.isThere && requester.at('method').text !== 'POST') body.wrongName('body needs method: POST');
  const paginator = stream.at('paginator');
  if (paginator.at('in').text === 'body' && !body.at('json').isThere) {
    paginator.at('in').wrong('must be query where the request has no body of json');
  }
  const { object: link } = paginator;
  if (link?.['type'] === 'link' && link['from'] === 'body' && link['path'] === undefined) {
    paginator.wrong('must have a path where the link stands in the body');
  }
}

/**
 * What keeps answers from being read by a decoder as it is defined: a charset that nobody knows, a dialect of CSV that
 * contradicts itself, a path that the format has not.
 * @param stream keeps to the schema
 */
export function checkDecoder(stream: Cursor): void {
  const { decoder, record_selector: selector } = stream.object as Partial<StreamDefinition>;
  if (decoder === undefined) return;
  const { charset, ...read } = decoder;
  if (charset !== undefined) tell(() => checkCharset(charset));
  tell(() => compileDecoder(read, selector));

  function tell(check: () => unknown): void {
    try {
      check();
    } catch (e) {
      if (!(e instanceof DecoderDefinitionError)) throw e;
      const place = e.key.split('.').reduce((at, name) => at.at(name), stream);
      place.wrong(e.problem);
    }
  }
}

/** An HMAC has a key, a digest none. */
function checkKey(signed: Cursor): void {
  const algorithm = signed.at('algorithm').text;
  if (signed.at('type').text !== 'signature' || algorithm === undefined) return;
  if (algorithm.startsWith('hmac_') && !signed.at('key').isThere)
    signed.wrong(`${algorithm} must have a key`);
  if (!algorithm.startsWith('hmac_') && signed.at('key').isThere) {
    signed.at('key').wrongName(`${algorithm} takes no key; put the secret among its parts`);
  }
}

function lengthOf(cursor: Cursor): number | undefined {
  return cursor.text === undefined ? undefined : durationMs(cursor.text);
}
