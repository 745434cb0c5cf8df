import '../components/base.css';
import '../components/pictures.css';
import '../charts/charts.css';
import './run.css';
import { showView } from '../host/show-view.ts';
import { RunView } from './run-view.tsx';

showView(<RunView />);
