import { useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { guestChatsLeft, leaveGuestChats } from './guest-chats';

/**
 * Offers someone who has signed in what was said here before without signing in. Only on request:
 * it may be another person's, so all that is told of it is how much there is.
 */
export function BringGuestChats() {
  const user = useStore(useServices().conversation.state, (state) => state.user);
  // Another person starts with an offer of their own.
  return user ? <Offer key={user} user={user} /> : null;
}

function Offer({ user }: { user: string }) {
  const words = useTexts().guestChats;
  const { conversation } = useServices();
  const count = useStore(conversation.state, (state) => state.guestConversations);
  const [left, setLeft] = useState(() => guestChatsLeft(user));
  const [step, setStep] = useState<'offered' | 'moving' | 'failed'>('offered');
  if (count === 0 || count === left) return null;
  const bring = async () => {
    setStep('moving');
    const merged = await conversation.transfer.bringGuestAlong();
    setStep(merged ? 'offered' : 'failed');
  };
  const leave = () => {
    leaveGuestChats(user, count);
    setLeft(count);
  };
  return (
    <section
      data-testid="notice"
      data-kind="guest-chats"
      className="flex flex-wrap items-center gap-2 rounded-ui border border-line p-3 text-sm"
    >
      <p role="status" className="min-w-0 flex-1 basis-56">
        {step === 'failed' ? words.failed : words.offer(count)}
      </p>
      <button type="button" className="button" onClick={bring} disabled={step === 'moving'}>
        {step === 'moving' ? words.moving : words.bring}
      </button>
      <button type="button" className="button" onClick={leave} disabled={step === 'moving'}>
        {words.leave}
      </button>
    </section>
  );
}
