"""What a tester uses: switches over JSON, and a page to move zaken along."""
