import { render } from 'preact';
import { PageFrame } from './frame/page-frame.js';

render(<PageFrame />, document.body);
