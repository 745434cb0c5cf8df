import '../components/base.css';
import '../charts/charts.css';
import './compare.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { CompareView } from './compare-view.tsx';

registerToolkit();
render(<CompareView />, document.body);
