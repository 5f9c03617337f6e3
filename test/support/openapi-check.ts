import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer } from './http-event.ts';
import type { Operation, Schema } from './openapi-document.ts';

const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
// `strictTypes` would have each part of a schema repeat its type, and none have two.
const bodies = new Ajv2020({ allErrors: true, formats: { 'date-time': isInstant }, strictTypes: false });
// A header is a text, whatever its schema says it means.
const headers = new Ajv2020({ coerceTypes: true });

/** Whether a value is one that a schema of the document allows. */
export const allows = (schema: Schema, value: unknown): boolean => bodies.validate(schema, value);

const headerProblems = (documented: Readonly<Record<string, { readonly schema: Schema }>>, sent: Answer['headers']) => {
  const schemas = new Map(Object.entries(documented).map(([name, { schema }]) => [name.toLowerCase(), schema]));
  return Object.entries(sent).flatMap(([name, value]) => {
    const schema = schemas.get(name);
    if (schema === undefined) return [`header ${name} is not documented`];
    return headers.validate(schema, value) ? [] : [`header ${name} ${headers.errorsText()}`];
  });
};

/** What the document does not know of an answer: its status, its content type, a header, or something in its body. */
export const checkAnswer = (
  { responses }: Operation,
  { status, headers: { 'content-type': contentType, ...others }, body }: Answer,
): readonly string[] => {
  const response = responses[status];
  if (response === undefined) return [`status ${status} is not documented`];
  // An answer without a body has no content type.
  if (response.content === undefined && contentType === undefined)
    return headerProblems(response.headers ?? {}, others);
  const media = response.content?.[String(contentType)];
  if (media === undefined) return [`${status} ${contentType} is not documented`];

  const isValid = bodies.validate(media.schema, body);
  return [...(isValid ? [] : [bodies.errorsText()]), ...headerProblems(response.headers ?? {}, others)];
};
