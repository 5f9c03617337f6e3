import * as v from 'valibot';

// The parts of a configuration. Each message reads after the name of the field: "must be …".

/** Valibot accepts an array as an object. */
export const noArray = v.check((input: unknown) => !Array.isArray(input), 'must be an object');

/** An object of these fields and no other. */
export const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.unknown(),
    noArray,
    v.strictObject(entries, ({ expected }) => {
      if (expected === 'Object') return 'must be an object';
      return expected === 'never'
        ? `is not a field here; the fields are ${Object.keys(entries).join(', ')}`
        : 'is missing';
    }),
  );

/** What stands in an app's code for a value that CloudFormation knows only at deployment. */
const tokenPattern = /[$#]\{Token\[/;

/** A text that functions read too. */
export const textAs = ({ pattern, rule }: { readonly pattern: RegExp; readonly rule: string }) =>
  v.pipe(
    v.string(rule),
    v.regex(pattern, ({ input }) => (tokenPattern.test(input) ? 'must be a literal, not a token' : rule)),
  );

export const matching = (pattern: RegExp, allowed: string) => textAs({ pattern, rule: `must be ${allowed}` });

/** A text that in a CDK app may become known only at deployment. */
export const textOrToken = (pattern: RegExp, allowed: string) =>
  v.pipe(
    v.string(`must be ${allowed}`),
    v.check((text) => pattern.test(text) || /^\$\{Token\[\S+$/.test(text), `must be ${allowed}`),
  );

export const word = matching(/^\S+$/, 'a text without white space');

export const flag = v.boolean('must be true or false');

export const wholeNumber = (min: number, max: number) =>
  v.message(
    v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)),
    `must be a whole number from ${min} to ${max}`,
  );

type Limits = { readonly min: number; readonly max: number; readonly default: number };

/** A number that functions read too. */
export const numberAs = ({ min, max, default: fallback }: Limits) => v.optional(wholeNumber(min, max), fallback);

export const listOf = <Item extends v.GenericSchema>(item: Item, max: number) => {
  const message = `must be a list of 1 to ${max}`;
  return v.pipe(v.array(item, message), v.minLength(1, message), v.maxLength(max, message));
};

/** A list that may be empty. */
export const upTo = <Item extends v.GenericSchema>(item: Item, max: number) =>
  v.pipe(v.array(item, 'must be a list'), v.maxLength(max, `must be a list of at most ${max}`));

// A top-level domain starts with a letter, so no spelling of an IP address passes: not 127.0.0.1, 2130706433, 0x7f.1 or [::1].
const publicHostPattern =
  /^(?!.*\.(?:localhost|localdomain|local|internal)(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::[1-9][0-9]{0,4})?$/;

const publicHostRule =
  'a public host name in lower case, with or without a port: no IP address, no localhost, nothing under .local or .internal';

/** A host, with or without a port, whose name cannot mean this machine, its network or a cloud's metadata service. */
export const publicHost = v.pipe(
  matching(publicHostPattern, publicHostRule),
  // There is no port above 65535.
  v.check((host) => URL.canParse(`https://${host}`), `must be ${publicHostRule}`),
);

/** Days that CloudWatch Logs can keep a log group (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const oneOf = ({ expected }: { readonly expected: string }) => `must be one of ${expected}`;

export const retentionDays = v.picklist(days, oneOf);

/** CDK's number for a log that is kept for good. */
export const forever = 9999;

export const retentionDaysOrForever = v.picklist([...days, forever], oneOf);
