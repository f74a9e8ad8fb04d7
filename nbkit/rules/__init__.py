"""What a legal request is: one function per numbered rule of the contract, in the API's own words."""
