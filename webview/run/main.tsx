import '../components/base.css';
import '../components/pictures.css';
import '../charts/charts.css';
import './run.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from '../host/l10n.ts';
import { RunView } from './run-view.tsx';

localise();
registerToolkit();
render(<RunView />, document.body);
