import { FakePubsub } from '#test/fake-pubsub/fake-pubsub';
import { pubsubContract } from './contract.js';

describe('the fake of Pub/Sub', () => pubsubContract(() => FakePubsub.start(), { seeks: true }));
