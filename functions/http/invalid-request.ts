/** The request cannot be understood: the door answers 400 and says which field, and what it must be. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly field: string;
  readonly rule: string;

  /** @param rule what the field must be; it never quotes what was sent */
  constructor(field: string, rule: string) {
    super(`${field} ${rule}`);
    this.field = field;
    this.rule = rule;
  }
}
