import { invalidParameter, violation } from './wire.ts';

/** A function as a request names it: `name`, `name:qualifier`, or an ARN. */
export type FunctionReference = { readonly name: string; readonly qualifier: string | undefined };

const pattern =
  /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:function:)?([A-Za-z0-9-_]{1,64})(?::(\$LATEST|[A-Za-z0-9-_]+))?$/;

export const parseFunctionReference = (text: string, qualifierInQuery: string | null): FunctionReference => {
  const [, name, qualifier] = pattern.exec(text) ?? [];
  if (name === undefined) throw violation('functionName', `Member must satisfy ${pattern.source}`);
  if (qualifier !== undefined && qualifierInQuery !== null && qualifier !== qualifierInQuery) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { name, qualifier: qualifier ?? qualifierInQuery ?? undefined };
};
