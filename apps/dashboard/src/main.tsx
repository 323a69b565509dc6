import { render } from 'preact';
import { recognise } from './data/session.js';
import { PageFrame } from './frame/page-frame.js';

render(<PageFrame />, document.body);
recognise().catch(() => undefined); // the pages say that nobody answers
