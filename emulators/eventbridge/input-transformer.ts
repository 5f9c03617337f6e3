/** As PutTargets takes it (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html). */
type InputTransformer = {
  /** JSON paths in dot notation, by the names of variables. */
  readonly InputPathsMap: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
};

/** The transformer names a variable without a path, which PutTargets refuses, or has a path that is not emulated. */
export class InvalidInputTransformer extends Error {
  override readonly name = 'InvalidInputTransformer';
}

const valueAt = (event: unknown, path: string): unknown => {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw new InvalidInputTransformer(`the path ${path} is not emulated`);
  return path
    .split('.')
    .slice(1)
    .reduce((value, field) => (Object.hasOwn(Object(value), field) ? Object(value)[field] : undefined), event);
};

/** Whether a position is between the quotation marks of a text. */
const isInText = (template: string, position: number): boolean =>
  (template.slice(0, position).replace(/\\./g, '').split('"').length - 1) % 2 === 1;

/**
 * Makes what a target gets of an event, as EventBridge does: a variable becomes a JSON value, and between quotation marks its
 * bare text, in which nothing is escaped. A field that is missing leaves nothing.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 *
 * @throws InvalidInputTransformer
 */
export const transformInput = ({ InputPathsMap, InputTemplate }: InputTransformer, event: unknown): string =>
  InputTemplate.replace(/<([\w-]+)>/g, (_variable, name: string, position: number) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new InvalidInputTransformer(`the variable ${name} has no path`);
    const value = valueAt(event, path);
    if (value === undefined) return '';
    return typeof value === 'string' && isInText(InputTemplate, position) ? value : JSON.stringify(value);
  });
