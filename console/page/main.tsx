import { render } from 'preact';
import { App } from './app.tsx';
import { session } from './sign-in/session.ts';
import { SignInGate } from './sign-in/sign-in-gate.tsx';
import { takeStartToken } from './start-token.ts';

takeStartToken();
// An address that is opened in this tab differs in its fragment only, and the browser does not load the page again.
addEventListener('hashchange', () => {
  if (takeStartToken()) location.reload();
});
const root = document.getElementById('root');
if (root && session) {
  render(<SignInGate session={session}>{(times) => <App times={times} />}</SignInGate>, root);
  void session.start();
} else if (root) render(<App />, root);
