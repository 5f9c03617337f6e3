/** The pattern is not one of EventBridge's, or has an operator that is not emulated. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';
}

export type Fields = Readonly<Record<string, unknown>>;
/** Whether a field of an event matches; `undefined` stands for a missing one. */
type FieldTest = (value: unknown) => boolean;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Scalars, as a list: that of an event's field matches if one of them does. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.flat(Infinity) : [value]);
const scalarsOf = (value: unknown): readonly unknown[] =>
  listOf(value).filter((scalar) => scalar !== undefined && !isFields(scalar));

const prefixTest = (operand: unknown): FieldTest => {
  if (typeof operand !== 'string') throw new InvalidEventPattern('prefix takes a text');
  return (value) => scalarsOf(value).some((scalar) => typeof scalar === 'string' && scalar.startsWith(operand));
};

const anythingBut = (operand: unknown): FieldTest => {
  if (isFields(operand)) throw new InvalidEventPattern('anything-but with an operator is not emulated');
  const excluded = listOf(operand);
  return (value) => scalarsOf(value).some((scalar) => !excluded.includes(scalar));
};

const existsTest = (operand: unknown): FieldTest => {
  if (typeof operand !== 'boolean') throw new InvalidEventPattern('exists takes true or false');
  return (value) => scalarsOf(value).length > 0 === operand;
};

const operators: ReadonlyMap<string, (operand: unknown) => FieldTest> = new Map([
  ['prefix', prefixTest],
  ['anything-but', anythingBut],
  ['exists', existsTest],
]);

const valueTest = (wanted: unknown): FieldTest => {
  if (!isFields(wanted)) return (value) => scalarsOf(value).includes(wanted);
  const [entry, ...others] = Object.entries(wanted);
  if (entry === undefined || others.length > 0) throw new InvalidEventPattern('an operator stands alone in its object');
  const [operator, operand] = entry;
  const test = operators.get(operator);
  if (test === undefined) throw new InvalidEventPattern(`${operator} is not an operator that is emulated`);
  return test(operand);
};

const anyOf = (tests: readonly FieldTest[]): FieldTest => {
  if (tests.length === 0) throw new InvalidEventPattern('a list of a pattern is not empty');
  return (value) => tests.some((test) => test(value));
};

const fieldTest = (wanted: unknown): FieldTest => {
  if (Array.isArray(wanted)) return anyOf(wanted.map(valueTest));
  if (!isFields(wanted)) throw new InvalidEventPattern('a field of a pattern is a list or an object');
  const test = fieldsTest(wanted);
  // The objects in a list are tried one by one: two fields of a pattern never match in two of them.
  return (value) => (Array.isArray(value) && value.length > 0 ? listOf(value) : [value]).some(test);
};

/** Two patterns or more: with fewer, `$or` is a field like any other (https://github.com/aws/event-ruler#or-matching). */
const isAlternatives = (name: string, each: unknown): each is readonly Fields[] =>
  name === '$or' && Array.isArray(each) && each.length > 1 && each.every(isFields);

const fieldsTest = (wanted: Fields): FieldTest => {
  const tests = Object.entries(wanted).map(([name, each]): FieldTest => {
    if (isAlternatives(name, each)) {
      const alternatives = each.map(fieldsTest);
      return (value) => alternatives.some((test) => test(value));
    }
    const test = fieldTest(each);
    return (value) => test(isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  });
  return (value) => tests.every((test) => test(value));
};

/**
 * Matches as EventBridge's rules do, with the operators that the rules of this project use
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 *
 * @throws InvalidEventPattern whether or not the event has the part that is wrong
 */
export const matchesPattern = (pattern: Fields, event: unknown): boolean => fieldTest(pattern)(event);
