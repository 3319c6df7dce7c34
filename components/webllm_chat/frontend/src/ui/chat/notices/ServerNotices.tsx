import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { SharingNotice } from './SharingNotice';

/** What the visitor should know about the app's server: that it is away, or would like to listen. */
export function ServerNotices() {
  const words = useTexts();
  const { connection } = useServices();
  const away = useStore(connection, ({ server }) => server === 'away');
  return (
    <>
      <SharingNotice />
      <div role="status">
        {away && (
          <p data-testid="notice" data-kind="server-away" className="text-sm text-muted">
            {words.server.away}
          </p>
        )}
      </div>
    </>
  );
}
