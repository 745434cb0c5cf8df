import '../components/base.css';
import '../charts/charts.css';
import './weights.css';
import { showView } from '../host/show-view.ts';
import { WeightsView } from './weights-view.tsx';

showView(<WeightsView />);
