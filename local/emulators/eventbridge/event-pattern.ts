/** The pattern is not one of EventBridge's, or asks for an operator that is not played here. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';
}

type Fields = Readonly<Record<string, unknown>>;
/** Whether a field of an event matches; `undefined` stands for one that is not there. */
type FieldTest = (value: unknown) => boolean;
/** Whether a scalar does. */
type LeafTest = (leaf: unknown) => boolean;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Scalars, as a list: that of an event's field matches if one of them does. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.flat(Infinity) : [value]);
const leavesOf = (value: unknown): readonly unknown[] =>
  listOf(value).filter((leaf) => leaf !== undefined && !isFields(leaf));

const textOperators: ReadonlyMap<string, (text: string, operand: string) => boolean> = new Map([
  ['prefix', (text, operand) => text.startsWith(operand)],
  ['suffix', (text, operand) => text.endsWith(operand)],
  ['equals-ignore-case', (text, operand) => text.toLowerCase() === operand.toLowerCase()],
]);

const textTest = (operator: string, operand: unknown): LeafTest => {
  const compare = textOperators.get(operator);
  if (compare === undefined) throw new InvalidEventPattern(`${operator} is not an operator that is played here`);
  if (typeof operand !== 'string') throw new InvalidEventPattern(`${operator} takes a text`);
  return (leaf) => typeof leaf === 'string' && compare(leaf, operand);
};

const onlyEntryOf = (fields: Fields): readonly [string, unknown] => {
  const [entry, ...others] = Object.entries(fields);
  if (entry === undefined || others.length > 0) throw new InvalidEventPattern('an operator stands alone in its object');
  return entry;
};

const anythingBut = (operand: unknown): LeafTest => {
  const [operator, excluded] = isFields(operand) ? onlyEntryOf(operand) : [undefined, operand];
  const tests = listOf(excluded).map((each) =>
    operator === undefined ? (leaf: unknown) => leaf === each : textTest(operator, each),
  );
  return (leaf) => !tests.some((test) => test(leaf));
};

const existsTest = (operand: unknown): FieldTest => {
  if (typeof operand !== 'boolean') throw new InvalidEventPattern('exists takes true or false');
  return (value) => leavesOf(value).length > 0 === operand;
};

const valueTest = (wanted: unknown): FieldTest => {
  if (!isFields(wanted)) return (value) => leavesOf(value).includes(wanted);
  const [operator, operand] = onlyEntryOf(wanted);
  if (operator === 'exists') return existsTest(operand);
  const test = operator === 'anything-but' ? anythingBut(operand) : textTest(operator, operand);
  return (value) => leavesOf(value).some(test);
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

const fieldsTest = (wanted: Fields): FieldTest => {
  const tests = Object.entries(wanted).map(([name, each]): FieldTest => {
    if (name === '$or' && Array.isArray(each)) return anyOf(each.map(fieldTest));
    const test = fieldTest(each);
    return (value) => test(isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  });
  return (value) => tests.every((test) => test(value));
};

/**
 * Plays EventBridge's rules, with the operators that the rules of this project use
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 *
 * @throws InvalidEventPattern whether or not the event would have come to the part that is wrong
 */
export const matchesPattern = (pattern: Fields, event: unknown): boolean => fieldTest(pattern)(event);
