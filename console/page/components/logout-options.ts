/** What a logout does besides, of one instance as of a run: the words of its check boxes. */
export const logoutOptions = {
  clearQueue: { label: 'Clear queue', hint: 'Deletes the messages that wait to be sent.' },
  rotateToken: {
    label: 'Rotate token',
    hint: 'Replaces the API token after the logout. Other systems must read the new one from the secret.',
  },
} as const;
