"""What every measurement here needs: where it ran, which commit, and how good the vectors are."""
