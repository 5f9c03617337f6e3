import { render } from 'preact';
import { App } from './app.tsx';
import { takeStartToken } from './start-token.ts';

takeStartToken();
const root = document.getElementById('root');
if (root) render(<App />, root);
