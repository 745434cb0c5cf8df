import '../components/base.css';
import '../charts/charts.css';
import './weights.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { WeightsView } from './weights-view.tsx';

registerToolkit();
render(<WeightsView />, document.body);
