import type { Command } from 'commander';
import { addDeadLettersList } from './dead-letters-list.js';
import { addDeadLettersReplay } from './dead-letters-replay.js';
import { addDeadLettersShow } from './dead-letters-show.js';

/** `tributary dead-letters …`: what could not be used. */
export function addDeadLetters(program: Command): void {
  const deadLetters = program
    .command('dead-letters')
    .description('records that could not be used: look at them, give them another chance');
  for (const add of [addDeadLettersList, addDeadLettersShow, addDeadLettersReplay]) add(deadLetters);
}
