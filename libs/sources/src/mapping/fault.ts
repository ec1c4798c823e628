/** A value that breaks a rule of its field: the rule in words, and never the value. */
export class Fault {
  constructor(readonly detail: string) {}
}
