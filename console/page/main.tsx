import { render } from 'preact';
import { App } from './app.tsx';
import { takeStartToken } from './start-token.ts';

takeStartToken();
// An address that is opened in this tab differs in its fragment only, and the browser does not load the page again.
addEventListener('hashchange', () => {
  if (takeStartToken()) location.reload();
});
const root = document.getElementById('root');
if (root) render(<App />, root);
