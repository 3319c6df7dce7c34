import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';

/** What the visitor should know about the app's server: that it is away, or that it listens. */
export function ServerNotices() {
  const words = useTexts();
  const { args, connection } = useServices();
  const away = useStore(connection, ({ server }) => server === 'away');
  const sharing = useStore(args, ({ current }) => current?.share_messages ?? false);
  return (
    <>
      {sharing && (
        <p
          data-testid="notice"
          data-kind="sharing"
          className="rounded-ui border border-accent px-3 py-2 text-sm"
        >
          {words.privacy.sharing}
        </p>
      )}
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
