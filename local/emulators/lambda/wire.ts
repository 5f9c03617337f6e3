/** What the service answers instead of a result: the SDK throws an exception named `type` with this message. */
export class LambdaFailure extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export const invalidParameter = (message: string) => new LambdaFailure(400, 'InvalidParameterValueException', message);

/** A field that breaks its constraint in the API's model, worded as AWS does. */
export const violation = (member: string, constraint: string) =>
  new LambdaFailure(
    400,
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const notFound = (message: string) => new LambdaFailure(404, 'ResourceNotFoundException', message);

/** JSON as the API writes it: each `…Timestamp` in epoch seconds. */
export const toWire = (body: unknown): string =>
  JSON.stringify(body, (key, value) =>
    key.endsWith('Timestamp') && typeof value === 'string' ? Date.parse(value) / 1000 : value,
  );

/** Size on the wire, in bytes. */
export const sizeOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** The most a checkpoint, a result, an error or an asynchronous payload may hold, in bytes. */
export const payloadLimit = 256 * 1024;
