import {
  registerStreams,
  replaceDefinitions,
  type Database,
  type LoadedDefinition,
  type StreamKey,
} from '#libs/database';
import type { Logger } from '#libs/runtime';

/** A definition, and which settings it waits for before its streams are read. */
export interface MadeDefinition extends LoadedDefinition {
  waitsFor: string[];
}

/** What comes of a definition's file: its streams, or what is in their way. */
export interface MadeSource<Stream> {
  definition: MadeDefinition;
  streams: readonly Stream[];
}

/** Makes what a file says, with the settings as they are by then. What is wrong with it is a problem of its definition. */
export type MakeSource<Stream> = () => MadeSource<Stream>;

/** What is told of the definitions of a process, and where. */
export interface DefinitionsWorld {
  app: string;
  database: Database;
  logger: Logger;
}

/**
 * The definitions that a process has read, as `status` shows them. One whose settings are not there waits for them, and
 * is used from the first look on that finds them: that is no error. One that cannot work is said to be so, once.
 */
export class SourceDefinitions<Stream extends StreamKey & { definitionHash: string }> {
  /** By file; undefined before the first look. */
  private known: ReadonlyMap<string, MadeDefinition> | undefined;

  constructor(
    private waiting: readonly MakeSource<Stream>[],
    private readonly world: DefinitionsWorld,
  ) {}

  /**
   * @returns the streams that can be read from now on
   * @throws what the database answered; the next look finds the same again
   */
  async look(): Promise<readonly Stream[]> {
    const { app, database } = this.world;
    const made = this.waiting.map((make) => ({ make, ...make() }));
    const before = this.known;
    const news = made.flatMap(({ definition }) =>
      isNews(definition, before?.get(definition.file)) ? [definition] : [],
    );
    if (before && news.length === 0) return [];
    const known = new Map([...(before ?? []), ...news.map((d) => [d.file, d] as const)]);
    await replaceDefinitions(database, app, [...known.values()]);
    const streams = made.flatMap((source) => source.streams);
    if (streams.length > 0) await registerStreams(database.pool, streams);
    this.known = known;
    this.waiting = made.filter((m) => m.definition.waitsFor.length > 0).map(({ make }) => make);
    for (const definition of news) this.tell(definition);
    return streams;
  }

  private tell({ file, problems, waitsFor }: MadeDefinition): void {
    const { logger } = this.world;
    if (waitsFor.length > 0) logger.info({ file, waitsFor }, 'the source is not read: it is not set up');
    else if (problems.length > 0) {
      logger.error({ file, problems }, 'the source is not read: its definition cannot work');
    }
  }
}

function isNews(definition: MadeDefinition, before: MadeDefinition | undefined): boolean {
  return definition.problems.join('\n') !== before?.problems.join('\n');
}
