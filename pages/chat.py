"""The chat itself is the component that the frame has mounted; this page only chooses it."""
