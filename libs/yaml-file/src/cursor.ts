import type { Place, FileProblem } from './problem.js';
import type { YamlFile } from './yaml-file.js';

/**
 * A place of the file's data and what stands there, which the schema may have found wrong already: whoever looks at it
 * takes what is of the right type and leaves the rest.
 */
export class Cursor {
  constructor(
    readonly value: unknown,
    private readonly place: Place,
    private readonly file: YamlFile,
    private readonly problems: FileProblem[],
  ) {}

  /** Whether something is there. */
  get isThere(): boolean {
    return this.value !== undefined;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get object(): Readonly<Record<string, unknown>> | undefined {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
      ? (this.value as Record<string, unknown>)
      : undefined;
  }

  /** The member of this name. */
  at(name: string): Cursor {
    const { object } = this;
    return this.below(object && Object.hasOwn(object, name) ? object[name] : undefined, name);
  }

  /** The items of a list; none where it is no list. */
  items(): Cursor[] {
    return Array.isArray(this.value) ? this.value.map((item, i) => this.below(item, i)) : [];
  }

  /** The members of an object by their names. */
  members(): [name: string, cursor: Cursor][] {
    return Object.entries(this.object ?? {}).map(([name, value]) => [name, this.below(value, name)]);
  }

  wrong(message: string): void {
    this.problems.push(this.file.problem(this.place, message));
  }

  /** The name of the member is wrong, not its value. */
  wrongName(message: string): void {
    this.problems.push(this.file.problem(this.place, message, 'key'));
  }

  private below(value: unknown, step: string | number): Cursor {
    return new Cursor(value, [...this.place, step], this.file, this.problems);
  }
}
