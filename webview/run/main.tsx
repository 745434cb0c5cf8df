import '../components/base.css';
import '../components/pictures.css';
import '../charts/charts.css';
import './run.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { RunView } from './run-view.tsx';

registerToolkit();
render(<RunView />, document.body);
