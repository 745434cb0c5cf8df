import '../components/base.css';
import '../charts/charts.css';
import '../components/sortable-table.css';
import './tensors.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from '../host/l10n.ts';
import { TensorsView } from './tensors-view.tsx';

localise();
registerToolkit();
render(<TensorsView />, document.body);
