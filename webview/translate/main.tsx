import '../components/base.css';
import '../components/pictures.css';
import './translate.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { TranslateView } from './translate-view.tsx';

registerToolkit();
render(<TranslateView />, document.body);
