import { isPstestReady, startPstest } from '#test/pstest';
import { pubsubContract } from './contract.js';

const ready = await isPstestReady();

(ready ? describe : describe.skip)("Google's own fake of Pub/Sub", () =>
  pubsubContract(startPstest, { seeks: false }),
);
