/** The page of an exported network: a picture in, its translation beside it. */
import { render } from 'preact';
import { readFacts, readNotices } from './blocks.ts';
import { Network } from './network.ts';
import { PageView } from './page-view.tsx';
import './page.css';

const facts = readFacts();
render(
  <PageView facts={facts} notices={readNotices()} network={new Network(facts)} />,
  document.getElementById('view')!,
);
