import '../components/base.css';
import '../components/pictures.css';
import './translate.css';
import { showView } from '../host/show-view.ts';
import { TranslateView } from './translate-view.tsx';

showView(<TranslateView />);
