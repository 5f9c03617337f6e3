import { recentReasons } from '../kept.ts';
import { Button } from './button.tsx';
import { TextField } from './fields.tsx';

type ReasonFieldProps = { readonly value: string; readonly onInput: (reason: string) => void };

/** The reason of a logout, with the last ones to pick from. */
export const ReasonField = ({ value, onInput }: ReasonFieldProps) => {
  const reasons = recentReasons();
  return (
    <div>
      <TextField label="Reason" hint="Kept with the evidence." value={value} required onInput={onInput} />
      {reasons.length > 0 && (
        <p class="picks">
          <span class="muted">Used before:</span>{' '}
          {reasons.map((reason) => (
            <Button key={reason} aria-pressed={value === reason} onClick={() => onInput(reason)}>
              {reason}
            </Button>
          ))}
        </p>
      )}
    </div>
  );
};
