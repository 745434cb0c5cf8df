import '../components/base.css';
import '../charts/charts.css';
import './compare.css';
import { showView } from '../host/show-view.ts';
import { CompareView } from './compare-view.tsx';

showView(<CompareView />);
