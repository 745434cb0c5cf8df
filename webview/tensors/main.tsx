import '../components/base.css';
import '../charts/charts.css';
import '../components/sortable-table.css';
import './tensors.css';
import { showView } from '../host/show-view.ts';
import { TensorsView } from './tensors-view.tsx';

showView(<TensorsView />);
