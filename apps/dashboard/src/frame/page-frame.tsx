import { route } from '../data/route.js';
import { Navigation } from './navigation.js';
import { pageAt } from './pages.js';

/** What stands around every page. */
export function PageFrame() {
  const { page: Shown, title } = pageAt(route.value.segments);
  document.title = title === 'Now' ? 'Stride' : `${title} · Stride`;
  return (
    <>
      <Navigation current={title} />
      <main id="page">
        <Shown segments={route.value.segments.slice(1)} />
      </main>
    </>
  );
}
