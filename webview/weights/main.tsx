import '../components/base.css';
import '../charts/charts.css';
import './weights.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from '../host/l10n.ts';
import { WeightsView } from './weights-view.tsx';

localise();
registerToolkit();
render(<WeightsView />, document.body);
