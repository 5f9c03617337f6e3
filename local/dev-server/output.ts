import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from '../../emulators/error-code.ts';
import { parseJson } from '../../emulators/parse-json.ts';
import { keptMessages } from '../../functions/logout/evidence.ts';
import { CannotStart } from './options.ts';

export type Print = (text: string) => void;

/** As the vault keeps them: of a logout, and of the end of a run. */
const isEvidence = (line: string): boolean =>
  keptMessages.some((kept) => line.includes(`"${kept}"`) && Object(parseJson(line)).message === kept);

const append = (path: string, text: string) => appendFileSync(path, text, { mode: 0o600 });

/** @throws {@link CannotStart} when the file cannot be written */
export const checkEvidenceFile = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    append(path, '');
  } catch (error) {
    throw new CannotStart(`${path} cannot be written (${errorCodeOf(error)}): name another file with --evidence`);
  }
};

/**
 * Takes what the functions print, line by line: prints it, and appends evidence to a file as well. A file that cannot be
 * written at the moment is reported once, and ends nothing: the evidence is printed in any case.
 */
export const createTakeLine = (evidenceFile: string, print: Print): ((line: string) => void) => {
  let isFailing = false;
  const appendEvidence = (line: string) => {
    try {
      append(evidenceFile, `${line}\n`);
      isFailing = false;
    } catch (error) {
      if (!isFailing) print(`${evidenceFile} cannot be written (${errorCodeOf(error)}): evidence is only printed\n`);
      isFailing = true;
    }
  };
  return (line) => {
    if (isEvidence(line)) appendEvidence(line);
    print(`${line}\n`);
  };
};
