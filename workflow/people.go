package workflow

import "context"

// Account returns the account with a login or an id.
func (s *Service) Account(ctx context.Context, actor Actor, account string) (User, error) {
	return ifMay(ctx, s, actor, MayReadUsers, func(r Reader) (User, error) { return accountNamed(r, account) })
}

// UserPage is one page of the accounts.
type UserPage struct {
	Users []User
	Next  string // login to go on after; empty: the last page
}

// UsersAfter lists at most limit accounts whose login comes after the given one, by
// login.
func (s *Service) UsersAfter(ctx context.Context, actor Actor, after string, limit int) (UserPage, error) {
	return ifMay(ctx, s, actor, MayReadUsers, func(r Reader) (UserPage, error) {
		users, err := r.UsersAfter(after, limit+1)
		if err != nil || len(users) <= limit {
			return UserPage{Users: users}, err
		}
		return UserPage{Users: users[:limit], Next: users[limit-1].Login}, nil
	})
}

// accountDigest names an account in the event of a refusal: its id, or a digest of
// what was taken for a login.
func (s *Service) accountDigest(account string) string {
	if isID(account) {
		return account
	}
	return s.loginDigest(account)
}
