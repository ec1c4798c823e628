import type { JsonObject, StreamDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import { decodedBody, openPartner } from '../ask-partner.js';
import { authenticatorOf } from './definition-of.js';
import type { Answers } from './question.js';
import { lookAtSample, type Sample } from './sample.js';

/**
 * Asks the partner once, for the URL as it was given, and looks at what it answers.
 * @throws CommandFailed where it answers with an error, or nothing that can be understood
 */
export async function fetchSample(answers: Answers): Promise<Sample> {
  const partner = openPartner(
    { source: { authenticator: authenticatorOf(answers) }, stream: oneRequest(answers) },
    { maxRetries: 0 },
  );
  let problem: unknown;
  try {
    for await (const batch of partner.read({ type: 'full_refresh' }, {}, 1)) void batch;
  } catch (error) {
    problem = error; // that it was taken for another format does no harm
  } finally {
    await partner.close();
  }
  const latest = partner.latest();
  if (!latest || latest.status !== 200) {
    throw new CommandFailed(
      `the partner could not be asked: ${(problem as Error | undefined)?.message ?? `it answered ${latest?.status}`}`,
    );
  }
  try {
    return lookAtSample((await decodedBody(latest)).toString('utf8'));
  } catch (error) {
    throw new CommandFailed(`the partner's answer cannot be understood: ${(error as Error).message}`);
  }
}

/** The URL with its example query, without the credential, which the authenticator puts there. */
function oneRequest({ url = '', method }: Answers): StreamDefinition {
  const [address = '', query = ''] = url.split('?', 2);
  const params = Object.fromEntries(new URLSearchParams(query));
  const body: { json: JsonObject } = { json: params };
  return {
    name: 'sample',
    poll_interval: 'PT1H',
    requester: method === 'POST' ? { url: address, method: 'POST', body } : { url: address, query: params },
    incremental_sync: { type: 'full_refresh' },
    decoder: { type: 'jsonl' }, // read to its end, whatever it is
    primary_key: ['id'],
    mapping: [],
  };
}
