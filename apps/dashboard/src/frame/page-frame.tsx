import { route } from '../data/route.js';
import { needsLogin } from '../data/session.js';
import { LoginPage } from './login-page.js';
import { Navigation } from './navigation.js';
import { pageAt } from './pages.js';

/** What stands around every page. */
export function PageFrame() {
  const { page: Shown, title } = pageAt(route.value.segments);
  document.title = title === 'Now' ? 'Stride' : `${title} · Stride`;
  return (
    <>
      <Navigation current={title} />
      <main id="page">{needsLogin.value ? <LoginPage /> : <Shown segments={route.value.segments.slice(1)} />}</main>
    </>
  );
}
