import { Checkbox } from './fields.tsx';

type Options = { readonly clearQueue: boolean; readonly rotateToken: boolean };

type LogoutOptionsProps = {
  readonly options: Options;
  readonly onChange: (options: Options) => void;
};

/** What a logout does besides, of one instance as of a run. */
export const LogoutOptions = ({ options: { clearQueue, rotateToken }, onChange }: LogoutOptionsProps) => (
  <>
    <Checkbox
      label="Clear queue"
      hint="Deletes the messages that wait to be sent."
      checked={clearQueue}
      onChange={(checked) => onChange({ clearQueue: checked, rotateToken })}
    />
    <Checkbox
      label="Rotate token"
      hint="Replaces the API token after the logout. Other systems must read the new one from the secret."
      checked={rotateToken}
      onChange={(checked) => onChange({ clearQueue, rotateToken: checked })}
    />
  </>
);
