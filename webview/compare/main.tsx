import '../components/base.css';
import '../charts/charts.css';
import './compare.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from '../host/l10n.ts';
import { CompareView } from './compare-view.tsx';

localise();
registerToolkit();
render(<CompareView />, document.body);
