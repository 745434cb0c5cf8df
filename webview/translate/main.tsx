import '../components/base.css';
import '../components/pictures.css';
import './translate.css';
import { render } from 'preact';
import { registerToolkit } from '../components/toolkit.tsx';
import { localise } from '../host/l10n.ts';
import { TranslateView } from './translate-view.tsx';

localise();
registerToolkit();
render(<TranslateView />, document.body);
